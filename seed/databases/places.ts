type Place = {
  readonly cities: readonly string[];
  readonly given: readonly string[];
  readonly family: readonly string[];
};

const words = (text: string) => text.split(',').map((word) => word.trim());
const place = (cities: string, given: string, family: string): Place => ({
  cities: words(cities),
  given: words(given),
  family: words(family),
});

/** Cities and names by country. Names are written as their bearers write them, so they carry unicode. */
export const places = {
  Argentina: place(
    'Buenos Aires, Córdoba, Rosario, Mendoza',
    'Martín, Lucía, Joaquín, Camila, Facundo, Julieta, Tomás, Agustina, Emiliano, Micaela, Ramiro, Valentina',
    'Fernández, Gómez, Acosta, Romero, Benítez, Ibáñez, Sosa, Peralta',
  ),
  Australia: place(
    'Sydney, Melbourne, Perth, Brisbane',
    'Liam, Isla, Cooper, Matilda, Angus, Ruby, Darcy, Imogen, Callum, Freya, Declan, Sienna',
    'Walker, Nguyen, Campbell, Fraser, Hughes, O’Brien, Mitchell, Kelly',
  ),
  Brazil: place(
    'São Paulo, Rio de Janeiro, Recife, Curitiba',
    'João, Beatriz, Caio, Letícia, Thiago, Conceição, Rafael, Íris, Otávio, Luana, Vinícius, Jussara',
    'Souza, Araújo, Gonçalves, Moreira, Cardoso, Teixeira, Brandão, Pires',
  ),
  Canada: place(
    'Toronto, Montréal, Vancouver, Halifax',
    'Noah, Émilie, Ethan, Chloé, Owen, Maëlle, Lucas, Abigail, Félix, Madeleine, Gavin, Brooke',
    'Tremblay, Singh, MacDonald, Gagnon, Roy, Côté, Fortin, Lévesque',
  ),
  France: place(
    'Paris, Lyon, Marseille, Nantes',
    'Zoë, Étienne, Amélie, François, Hélène, Théo, Manon, Loïc, Gaël, Solène, Rémi, Clémence',
    'Dubois, Lefèvre, Moreau, Girard, Béranger, Noël, Fontaine, Chevalier',
  ),
  Germany: place(
    'Berlin, Hamburg, München, Köln',
    'Jürgen, Anneliese, Lukas, Käthe, Sören, Mia, Björn, Heike, Matthias, Lieselotte, Günther, Frauke',
    'Müller, Schröder, Weiß, Krüger, Jäger, Lehmann, Vogel, Böhm',
  ),
  India: place(
    'Mumbai, Delhi, Bengaluru, Chennai',
    'Aarav, Priya, Rohan, Ananya, Vikram, Meera, Arjun, Kavya, Ishaan, Lakshmi, Sanjay, Divya',
    'Sharma, Patel, Iyer, Reddy, Chopra, Banerjee, Nair, Kapoor',
  ),
  Italy: place(
    'Roma, Milano, Napoli, Torino',
    'Niccolò, Giulia, Matteo, Chiara, Lorenzo, Ilaria, Davide, Noemi, Raffaele, Serena, Cosimo, Ginevra',
    'Rossi, Bianchi, Esposito, Ferrari, Ricci, D’Angelo, Marino, Conti',
  ),
  Japan: place(
    'Tokyo, Osaka, Kyoto, Sapporo',
    'さくら, Haruto, 美咲, Yuki, 健太, Hina, Ren, 陽菜, Kenji, Naoko, 翔太, Aiko',
    '小林, Tanaka, 高橋, Suzuki, Watanabe, 山本, Ito, Nakamura',
  ),
  Kenya: place(
    'Nairobi, Mombasa, Kisumu, Nakuru',
    'Wanjiru, Otieno, Achieng, Kamau, Njeri, Kiprono, Makena, Baraka, Wairimu, Omondi, Zawadi, Kipkemboi',
    'Mwangi, Odhiambo, Kariuki, Ochieng, Kimani, Wambui, Ndung’u, Cheruiyot',
  ),
  Mexico: place(
    'Ciudad de México, Guadalajara, Monterrey, Puebla',
    'José, Ximena, Andrés, Sofía, Héctor, Guadalupe, Íñigo, Renata, Emilio, Itzel, Rodrigo, Xóchitl',
    'García, Hernández, Núñez, Jiménez, Vázquez, Ortega, Muñoz, Salazar',
  ),
  Norway: place(
    'Oslo, Bergen, Trondheim, Stavanger',
    'Bjørn, Ingrid, Håkon, Sigrid, Øyvind, Åse, Lars, Solveig, Eirik, Tuva, Magnus, Ragnhild',
    'Hansen, Bakke, Sørensen, Lund, Haugen, Kjær, Østby, Dahl',
  ),
  Poland: place(
    'Warszawa, Kraków, Gdańsk, Wrocław',
    'Łukasz, Zofia, Paweł, Agnieszka, Michał, Małgorzata, Jakub, Róża, Stanisław, Jagoda, Bartłomiej, Halina',
    'Kowalski, Nowak, Wiśniewski, Dąbrowski, Zieliński, Wójcik, Król, Mazur',
  ),
  Portugal: place(
    'Lisboa, Porto, Coimbra, Braga',
    'Inês, Tiago, Mafalda, Gonçalo, Leonor, Duarte, Luísa, Simão, Afonso, Madalena, Rúben, Graça',
    'Silva, Almeida, Carvalho, Magalhães, Lourenço, Sá, Figueiredo, Neves',
  ),
  Spain: place(
    'Madrid, Barcelona, Sevilla, Valencia',
    'Begoña, Álvaro, Lucas, Nuria, Iker, Aitana, Óscar, Marta, Rocío, Unai, Ainhoa, Leire',
    'López, Sánchez, Ibarra, Domínguez, Ruiz, Castaño, Molina, Peña',
  ),
  Sweden: place(
    'Stockholm, Göteborg, Malmö, Uppsala',
    'Åke, Linnéa, Nils, Astrid, Göran, Ebba, Oskar, Maja, Viktor, Elsa, Torbjörn, Märta',
    'Andersson, Lindqvist, Öberg, Nilsson, Sjöberg, Ekström, Håkansson, Berg',
  ),
} as const satisfies Record<string, Place>;

export type Country = keyof typeof places;
export const countries = Object.keys(places) as Country[];
